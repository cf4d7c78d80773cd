import type { BaclofenChat } from "./element";
import { connect } from "./page";

const chat = document.querySelector<BaclofenChat>("baclofen-chat");
if (chat && parent !== window) {
  void customElements.whenDefined("baclofen-chat").then(() => connect(chat, (chat.getAttribute("parents") ?? "").split(" ").filter(Boolean)));
}
