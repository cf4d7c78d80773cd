import en from "./strings/en.json";

export type Key = keyof typeof en;
/** A group of keys that end in a value of the interface; for a value without a string the text is empty. */
type Grouped = `${"level" | "part" | "problem" | "ended"}_${string}`;
export type Text = (key: Key | Grouped, values?: Record<string, string | number>) => string;
type Strings = Partial<Record<string, string>>;

const languages: Record<string, Strings> = {};
for (const [file, strings] of Object.entries(import.meta.glob<Strings>("./strings/*.json", { eager: true, import: "default" }))) {
  languages[file.replace(/^.*\/|\.json$/g, "")] = strings;
}

/** The name of the attribute that overrides a string: `noticeTitle` is `text-notice-title`. */
export const attributeOf = (key: string): string => `text-${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll("_", "-")}`;

/**
 * Finds strings by key: the page's own wording first, then the language, then its base language, then English.
 *
 * @param lang A language tag such as `pt-BR`.
 * @param own The page's wording for a key, or null.
 */
export function textIn(lang: string, own: (key: string) => string | null = () => null): Text {
  const chain: (Strings | undefined)[] = [languages[lang], languages[lang.split("-")[0] ?? ""], en];
  return (key, values = {}) => {
    const found = own(key) ?? chain.find((strings) => strings?.[key])?.[key] ?? "";
    return found.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  };
}
