/**
 * Clients of an HTTP server, in a process of their own: connections that are kept alive, each of which asks again as soon as it has its
 * answer. Started with `fork`; told by one message what to do, and answers with one: how many answers there were of each status.
 */
import { connect } from "node:net";

process.once("message", async ({ port, tokens, milliseconds }) => {
  const statuses = {};
  const until = performance.now() + milliseconds;
  await Promise.all(tokens.map((token) => ask(port, token, until, statuses)));
  process.send(statuses);
  process.disconnect();
});

/** One connection, with one token. Answers have no body. */
function ask(port, token, until, statuses) {
  const request = `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  const socket = connect(port, "127.0.0.1").setNoDelay().setEncoding("latin1");
  let answer = "";
  socket.on("connect", () => socket.write(request));
  socket.on("data", (text) => {
    answer += text;
    if (!answer.endsWith("\r\n\r\n")) return;
    const status = answer.slice(9, 12);
    statuses[status] = (statuses[status] ?? 0) + 1;
    answer = "";
    if (performance.now() < until) socket.write(request);
    else socket.end();
  });
  return new Promise((resolve, reject) => socket.on("close", resolve).on("error", reject));
}
