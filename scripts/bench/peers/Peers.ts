/**
 * The peers beside which eventfold is measured with `--peers`.
 *
 * A peer that cannot be installed or does not start is left out, one that fails on the way takes no further turn; both
 * are said on the standard error, and the bench goes on.
 */
import { Console, Effect, Option } from "effect"
import * as Database from "../Database.ts"
import type { Rate } from "../Load.ts"
import { install } from "./Install.ts"
import { type Peer, type PeerMeasure, type PeerName, peers } from "./Peer.ts"
import * as PeerProcess from "./PeerProcess.ts"
import type { Payloads } from "./Protocol.ts"

/** A peer that is there. */
export interface RunningPeer {
  readonly name: PeerName
  /** One run; `None` where there is nothing to compare, and after the peer has failed. */
  readonly rate: (options: {
    readonly measure: string
    readonly callers: number
    readonly seconds: number
  }) => Effect.Effect<Option.Option<Rate>>
}

interface Options {
  readonly server: string
  readonly payloads: Payloads
  /** The names of what is going to be measured. */
  readonly measures: ReadonlyArray<string>
}

/**
 * Installs and starts the peers that have something to compare, each on a database of its own on the server at `server`;
 * they end with the scope.
 */
export const start = Effect.fnUntraced(function* (options: Options) {
  const running: Array<RunningPeer> = []
  for (const peer of peers.filter(({ measures }) => measures.some((name) => options.measures.includes(name)))) {
    const started = yield* Effect.result(startOne(peer, options))
    if (started._tag === "Success") running.push(started.success)
    else yield* Console.error(`${peer.name} is left out: ${started.failure.message}`)
  }
  return running
})

const startOne = Effect.fnUntraced(function* (peer: Peer, options: Options) {
  const folder = yield* install(peer)
  const url = yield* Database.create(options.server, `eventfold_bench_${peer.name.replace("-", "_")}`)
  const run = yield* PeerProcess.start(peer, { folder, url, payloads: options.payloads })
  let failed = false
  const measured = (name: string): name is PeerMeasure => peer.measures.some((measure) => measure === name)
  const rate: RunningPeer["rate"] = ({ callers, measure, seconds }) =>
    failed || !measured(measure)
      ? Effect.succeedNone
      : run({ measure, callers, seconds }).pipe(
          Effect.asSome,
          Effect.catch((error) => {
            failed = true
            return Effect.as(Console.error(`${peer.name} takes no further turn: ${error.message}`), Option.none())
          })
        )
  return { name: peer.name, rate }
})
