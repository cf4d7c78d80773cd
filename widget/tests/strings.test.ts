import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import en from "../src/strings/en.json";
import { attributeOf, textIn } from "../src/strings";

const SOURCE = readdirSync("src")
  .filter((name) => name.endsWith(".ts"))
  .map((name) => readFileSync(`src/${name}`, "utf8"))
  .join("\n");
const GROUPS = /^(level|part|problem|ended)_/;

describe("English", () => {
  it("has a text for every key", () => {
    expect(Object.values(en).every((text) => text.trim())).toBe(true);
  });

  it("has no text that nothing uses", () => {
    const prefixed = ["confirm", "end"].flatMap((kind) => [`${kind}Yes`, `${kind}No`]);
    const unused = Object.keys(en).filter((key) => !GROUPS.test(key) && !prefixed.includes(key) && !SOURCE.includes(`"${key}"`));
    expect(unused).toEqual([]);
  });

  it("has every text that the source asks for", () => {
    const asked = [...SOURCE.matchAll(/\btext\("(\w+)"/g), ...SOURCE.matchAll(/#button\("(\w+)"/g)].map((found) => found[1]!);
    expect(asked.filter((key) => !(key in en))).toEqual([]);
  });
});

it("each file names its own language", () => {
  for (const name of readdirSync("src/strings")) {
    expect(JSON.parse(readFileSync(`src/strings/${name}`, "utf8")).lang).toBe(name.replace(".json", ""));
  }
});

describe("texts", () => {
  it("fill in values", () => {
    expect(textIn("en")("progress", { n: 3, of: 12 })).toBe("Question 3 of 12");
  });

  it("fall back to English for a language without a file", () => {
    expect(textIn("xx-YY")("send")).toBe("Send");
  });

  it("are empty for a value of a group that has none", () => {
    expect(textIn("en")("level_none")).toBe("");
  });

  it("can be overridden by an attribute with a plain name", () => {
    expect([attributeOf("noticeTitle"), attributeOf("part_do_not")]).toEqual(["text-notice-title", "text-part-do-not"]);
  });
});
