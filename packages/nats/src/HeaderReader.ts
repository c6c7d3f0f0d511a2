/** Reads the headers of many messages of a stream, without their bodies, by a consumer that lives for the call. */
import type { BrokerFailure } from "@eventfold/messaging"
import { AckPolicy, DeliverPolicy, type StoredMsg } from "@nats-io/jetstream"
import { nanos } from "@nats-io/transport-node"
import { Effect } from "effect"
import type { NatsConnection } from "./NatsConnection.ts"

/** A message without its body. */
export type HeadersOnly = Pick<StoredMsg, "header" | "seq" | "subject">

/** The most messages that are asked for at once. */
const mostAtOnce = 500

/** Reads from one sequence to another, in order; both may be missing. */
export const readHeaders = (
  connection: NatsConnection["Service"],
  stream: string,
  { from, to }: { readonly from: number; readonly to: number },
  read: (message: HeadersOnly) => void
): Effect.Effect<void, BrokerFailure> =>
  from > to
    ? Effect.void
    : Effect.acquireUseRelease(
        connection.call("read", ({ manager }) =>
          manager.consumers.add(stream, {
            ack_policy: AckPolicy.None,
            deliver_policy: DeliverPolicy.StartSequence,
            opt_start_seq: from,
            headers_only: true,
            mem_storage: true,
            inactive_threshold: nanos(30_000)
          })
        ),
        ({ name }) =>
          Effect.gen(function* () {
            for (let reached = from - 1; reached < to;) {
              const batch = yield* connection.call("read", async ({ stream: client }) => {
                const consumer = await client.consumers.get(stream, name)
                const messages: Array<HeadersOnly> = []
                for await (const { headers, seq, subject } of await consumer.fetch({
                  max_messages: Math.min(mostAtOnce, to - reached),
                  expires: 2000
                })) {
                  if (headers !== undefined) messages.push({ header: headers, seq, subject })
                  // The last one may come before as many as were asked for: others are removed.
                  if (seq >= to) break
                }
                return messages
              })
              for (const message of batch) if (message.seq <= to) read(message)
              const last = batch.at(-1)?.seq
              if (last === undefined) return
              reached = last
            }
          }),
        ({ name }) => Effect.ignore(connection.call("read", ({ manager }) => manager.consumers.delete(stream, name)))
      )
