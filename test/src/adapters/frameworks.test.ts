/** One table of requests for all frameworks, over loopback: they cannot drift apart. */
import { describe, expect, it } from "vitest";
import { CASES, verifier } from "./cases.js";
import { send } from "./client.js";
import { FRAMEWORKS, listen } from "./frameworks.js";

describe.each(Object.entries(FRAMEWORKS))("behind %s", (_, open) => {
  it.each(CASES)("$title: $status", async ({ options, cors, sent, status, headers = {}, sub }) => {
    const port = await listen(await open({ options: { verifier, ...options }, cors }));
    const request = sent();
    const received = await send(port, request);
    expect(received).toMatchObject({ status });
    for (const [name, value] of Object.entries(headers)) expect([name, received.headers[name]]).toEqual([name, value]);
    if (sub !== undefined) expect(JSON.parse(received.body)).toMatchObject({ sub });
    else expect(received.body).not.toContain('"sub"');
    // Nothing that came with the request is told.
    for (const part of JSON.stringify(request).match(/ey[\w-]+\.[\w-]+\.[\w-]+/g) ?? [])
      expect(JSON.stringify(received)).not.toContain(part);
  });
});
