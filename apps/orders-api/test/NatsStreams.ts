/** Removes what a test has left in NATS. */
import { NatsConnection } from "@eventfold/nats"
import { Effect } from "effect"

/** Removes all streams of a prefix. */
export const removeStreams = (url: string, prefix: string): Promise<void> =>
  Effect.flatMap(NatsConnection.NatsConnection, (nats) =>
    nats.call("clean", async ({ manager }) => {
      for await (const { config } of manager.streams.list()) {
        if (config.name.startsWith(`${prefix}_`)) await manager.streams.delete(config.name)
      }
    })
  ).pipe(Effect.provide(NatsConnection.layer({ url })), Effect.runPromise)
