import { expect, it } from "vitest";
import { httpsHref, telHref } from "../src/links";

it.each(["911", "+441632960100", "000"])("%s can be called", (tel) => {
  expect(telHref(tel)).toBe(`tel:${tel}`);
});

it.each(["", "9", "911;phone-context=x", "javascript:alert(1)", "911\n", null, 911, {}])("%j cannot be called", (tel) => {
  expect(telHref(tel)).toBeNull();
});

it.each(["http://a.example", "javascript:alert(1)", "data:text/html,x", "//a.example", "", null])("%j is no link", (address) => {
  expect(httpsHref(address)).toBeNull();
});
