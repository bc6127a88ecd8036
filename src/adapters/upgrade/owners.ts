/** Which of several listeners of one server an upgrade is for: one of them gets it. */
import { isPart, partMember } from "../../base/own.js";
import { LONGEST } from "../../runtime/deadline.js";
import { soon } from "../../runtime/soon.js";
import { later } from "../../runtime/timer.js";
import type { Answer } from "../core/denial.js";
import { answer, type UpgradeSocket } from "./socket.js";

const NOT_FOUND: Answer = { status: 404, headers: { "cache-control": "no-store" }, body: "" };

const taken = new WeakSet<UpgradeSocket>();
/** How many listeners of ours have left an upgrade to others. */
const left = new WeakMap<UpgradeSocket, number>();

/** Takes an upgrade. False where another listener of ours has it already. */
export function take(socket: UpgradeSocket): boolean {
  if (taken.has(socket)) return false;
  taken.add(socket);
  return true;
}

/** Cuts an upgrade that no listener of ours takes in this turn. */
export function cutUnlessTaken(socket: UpgradeSocket): void {
  soon(() => {
    if (!taken.has(socket)) socket.destroy();
  });
}

/** Leaves an upgrade to other listeners. Where there are none it is answered at once; where none of them answers, in the end. */
export function leave(socket: UpgradeSocket): void {
  const count = (left.get(socket) ?? 0) + 1;
  left.set(socket, count);
  const before = socket.bytesWritten;
  const refuse = () => {
    if (!taken.has(socket) && socket.writable && socket.bytesWritten === before) answer(socket, NOT_FOUND);
  };
  if (count === listenersOf(socket)) refuse();
  if (count > 1) return;
  // Others may not listen yet, and an error without a listener ends the process.
  socket.on("error", () => socket.destroy());
  socket.on("close", later(LONGEST, refuse));
}

/** How many there are on the socket's server; undefined where it does not say so. */
function listenersOf(socket: UpgradeSocket): number | undefined {
  const server = partMember(socket, "server");
  return isPart(server, "listenerCount") ? (server as { listenerCount(event: string): number }).listenerCount("upgrade") : undefined;
}
