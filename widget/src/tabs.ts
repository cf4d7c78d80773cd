export type News = "changed" | "ended";
export type TellTabs = (talk: string, news: News) => void;

/**
 * Listens to other tabs of the same site, and returns how to tell them that a talk changed. No text and no token is told.
 *
 * @param until Ends the listening.
 */
export function listenToTabs(name: string, until: AbortSignal, hear: TellTabs): TellTabs {
  try {
    const channel = new BroadcastChannel(`baclofen-chat:${name}`);
    channel.onmessage = ({ data }) => hear(data.talk, data.news);
    until.addEventListener("abort", () => channel.close());
    return (talk, news) => channel.postMessage({ talk, news });
  } catch {
    return () => undefined; // each tab then shows what it asked for itself
  }
}
