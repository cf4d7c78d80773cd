/** Reads newline-delimited JSON as it arrives; each line is handed over as soon as it is whole. */
export async function readLines(response: Response, take: (line: unknown) => void): Promise<void> {
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  for (let rest = "", done = false; !done; ) {
    const chunk = await reader.read();
    done = chunk.done;
    const lines = (rest + decoder.decode(chunk.value, { stream: !done }) + (done ? "\n" : "")).split("\n");
    rest = lines.pop()!;
    for (const line of lines) if (line.trim()) take(JSON.parse(line));
  }
}
