/** The fresh process of a cold start: it gets tokens and a contender's name from its parent and answers with what it took. */
import { contenderNamed } from "./contenders/index.mjs";

process.once("message", async ({ name, group, context, tokens }) => {
  const keys = context.keys.map((key) => ({ ...key, secret: Buffer.from(key.secret) }));
  const contender = contenderNamed(name, group);

  const [importMs, module] = await timed(() => contender.load());
  const [createMs, instance] = await timed(() => contender.make(module, { ...context, keys }));
  const [firstMs, accepted] = await timed(() => instance.accepts(tokens[0]));
  const cpuBefore = process.cpuUsage();
  const [batchMs, count] = await timed(() => instance.run(tokens));
  const { user, system } = process.cpuUsage(cpuBefore);

  if (!accepted || count !== tokens.length) throw new Error(`accepts ${count} of ${tokens.length} good tokens`);
  const cpu = ((user + system) * 1e3) / tokens.length;
  process.send({ importMs, createMs, firstMs, wall: (batchMs * 1e6) / tokens.length, cpu }, () => process.disconnect());
});

async function timed(work) {
  const start = performance.now();
  const value = await work();
  return [performance.now() - start, value];
}
