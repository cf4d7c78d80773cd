/** A number that a `tel:` link may hold. */
const TEL = /^\+?\d{2,15}$/;

/** The address of a call, or null if the number is none. */
export const telHref = (tel: unknown): string | null => (typeof tel === "string" && TEL.test(tel) ? `tel:${tel}` : null);

/** An https address as it stands, or null for every other scheme. */
export function httpsHref(address: string | null | undefined): string | null {
  try {
    const url = new URL(address ?? "");
    return url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}
