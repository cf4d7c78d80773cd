import { BaclofenChat, define, setScriptBase } from "./element";

setScriptBase(import.meta.url);
define();

export { BaclofenChat };
