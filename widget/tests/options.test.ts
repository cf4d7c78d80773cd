import { describe, expect, it } from "vitest";
import { callsFrom, readOptions, usableCalls } from "../src/options";

const SERVER = "https://assistant.example/chat/";

function options(attributes: Record<string, string> = {}) {
  const element = document.createElement("div");
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  document.body.append(element);
  return readOptions(element, SERVER);
}

describe("numbers to call", () => {
  it("are read from an attribute, commas in brackets included", () => {
    expect(callsFrom("Call 911 (US, Canada)=911, Call 999 (UK)=999")).toEqual([
      { label: "Call 911 (US, Canada)", tel: "911" },
      { label: "Call 999 (UK)", tel: "999" },
    ]);
  });

  it("are the common ones if the page names none that can be called", () => {
    expect(options({ emergency: "Call us=javascript:alert(1)" }).calls.map((call) => call.tel)).toEqual(["911", "999", "112", "000"]);
  });

  it("from the server are left out if they cannot be called", () => {
    expect(usableCalls([{ label: "Call 112", tel: "112" }, { label: "x", tel: "1;ext" }, null, { tel: "112" }])).toEqual([{ label: "Call 112", tel: "112" }]);
    expect(usableCalls("112")).toEqual([]);
  });
});

describe("the server", () => {
  it("is where the script came from", () => {
    expect(options().server).toBe("https://assistant.example/chat");
  });

  it("can be named, without the slash at the end", () => {
    expect(options({ server: "https://other.example/chat/" }).server).toBe("https://other.example/chat");
  });

  it("must be a web address", () => {
    expect(() => options({ server: "javascript:alert(1)" })).toThrow("`server`");
  });
});

describe("other options", () => {
  it("have safe defaults", () => {
    expect(options()).toMatchObject({ layout: "launcher", storage: "session", keepHours: 12, needsTick: false, confirmAnswers: false, shareText: false });
  });

  it("with an unknown value are the default", () => {
    expect(options({ layout: "huge", storage: "cookie", "keep-hours": "-3" })).toMatchObject({ layout: "launcher", storage: "session", keepHours: 12 });
  });

  it("read the direction from the language unless the page says it", () => {
    expect(options({ lang: "ar" }).dir).toBe("rtl");
    expect(options({ lang: "ar", dir: "ltr" }).dir).toBe("ltr");
    expect(options({ lang: "en" }).dir).toBe("ltr");
  });

  it("mark the widget's words as English where there is no file for the language, unless the page brings its own", () => {
    expect([options({ lang: "en-GB" }).lang, options({ lang: "cy" }).lang, options({ lang: "cy", "text-lang": "cy" }).lang]).toEqual(["en", "en", "cy"]);
  });

  it("take a privacy link only with https", () => {
    expect(options({ "privacy-url": "https://clinic.example/privacy" }).privacyUrl).toBe("https://clinic.example/privacy");
    expect(options({ "privacy-url": "javascript:alert(1)" }).privacyUrl).toBeNull();
  });

  it("let the page use its own words", () => {
    const { text } = options({ "text-launcher": "Ask about baclofen", "text-level-emergency": "Call now" });
    expect(text("launcher")).toBe("Ask about baclofen");
    expect(text("level_emergency")).toBe("Call now");
    expect(text("close")).toBe("Close");
  });
});
