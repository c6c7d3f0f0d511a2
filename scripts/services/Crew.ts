/**
 * The processes of a topology that runs, by name: each with the address at which it says how it is, and what becomes of one
 * that ends.
 *
 * Guarantees: an end that nobody had asked for is told; it is followed by a new start, later and later, or it fails `ended`.
 */
import { Clock, Deferred, Duration, Effect, Queue, type Scope } from "effect"
import type { HttpClient } from "effect/http"
import type { Ending, Supervised } from "./Supervised.ts"
import { NotHealthy, ProgramEnded, type TopologyFailed } from "./TopologyFailed.ts"

/** How processes are looked after. */
export interface CrewOptions {
  readonly client: HttpClient.HttpClient
  /** Whether what has ended is started again. */
  readonly restart: boolean
  /** How long a process may take to be healthy. */
  readonly patience: Duration.Duration
  readonly say: (name: string, line: string) => void
}

/** A process, and the URL that answers 200 when it can do its work. */
export interface Member {
  readonly process: Supervised
  readonly health: string
}

/** Processes, and what can be done with each. */
export interface Crew {
  readonly names: () => ReadonlyArray<string>
  /** Takes one in, which does not run yet. */
  readonly add: (name: string, member: Member) => void
  /** Who is to be told when a process ends, or a server that is looked after elsewhere. */
  readonly onEnd: (name: string) => (ending: Ending) => void
  /** Starts one, unless it runs, and waits until it is healthy. Fails at once when something ends for good. */
  readonly start: (name: string) => Effect.Effect<void, TopologyFailed>
  /** Stops one in order, or kills it when that takes too long. */
  readonly stop: (name: string) => Effect.Effect<void>
  readonly signal: (name: string, signal: NodeJS.Signals) => Effect.Effect<void>
  /** Waits until one is healthy, whatever happens to it meanwhile. */
  readonly untilHealthy: (name: string) => Effect.Effect<void, NotHealthy>
  /** Fails when one ends that nobody had asked to end, and that is not started again. */
  readonly ended: Effect.Effect<never, TopologyFailed>
  /** Whether all that were stopped have stopped in time. */
  readonly inOrder: () => boolean
}

/** How often in a row a process is started again that ends within {@link settled}. */
export const mostRestarts = 20

/** What has run for so long has started well. */
export const settled = Duration.seconds(10)

/** How long is waited before the next start: a fifth of a second at first, five seconds at most. */
const pause = (endsInARow: number) => Duration.millis(Math.min(5000, 200 * 2 ** endsInARow))

/** Looks after processes while the scope is open. */
export const make = Effect.fnUntraced(function* (options: CrewOptions): Effect.fn.Return<Crew, never, Scope.Scope> {
  const { client, patience, restart, say } = options
  const members = new Map<string, Member>()
  const failure = yield* Deferred.make<never, TopologyFailed>()
  const ends = yield* Queue.unbounded<{ readonly name: string; readonly ending: Ending }>()
  const inARow = new Map<string, { readonly ends: number; readonly at: number }>()
  let inOrder = true

  const member = (name: string): Member => {
    const found = members.get(name)
    if (found !== undefined) return found
    throw new Error(`nothing called ${name} runs here; there are ${Array.from(members.keys()).join(", ")}`)
  }

  const untilHealthy = Effect.fnUntraced(function* (name: string) {
    const { health: url } = member(name)
    let answer = "nothing"
    const isHealthy = Effect.gen(function* () {
      const response = yield* client.get(url)
      answer = `${response.status} ${(yield* response.text).slice(0, 2000)}`
      return response.status === 200
    }).pipe(
      Effect.timeout("5 seconds"),
      Effect.catch((error) => {
        answer = error.message
        return Effect.succeed(false)
      })
    )
    const asking = Effect.gen(function* () {
      while (!(yield* isHealthy)) yield* Effect.sleep("200 millis")
    })
    yield* Effect.timeoutOrElse(asking, {
      duration: patience,
      orElse: () => Effect.fail(new NotHealthy({ program: name, url, answer }))
    })
  })

  const countEnd = Effect.fnUntraced(function* (name: string) {
    const at = yield* Clock.currentTimeMillis
    const before = inARow.get(name)
    const ends = before === undefined || at - before.at > Duration.toMillis(settled) ? 0 : before.ends + 1
    inARow.set(name, { ends, at })
    return ends
  })

  const afterEnd = Effect.fnUntraced(function* (name: string, ending: Ending) {
    const ended = new ProgramEnded({ program: name, by: ending })
    const ends = yield* countEnd(name)
    const found = members.get(name)
    if (!restart || found === undefined || ends >= mostRestarts) {
      say(name, ended.message)
      return yield* Effect.asVoid(Deferred.fail(failure, ended))
    }
    const wait = pause(ends)
    say(name, `${ended.message}: it is started again in ${Duration.toMillis(wait)} ms`)
    yield* Effect.sleep(wait)
    yield* found.process.startAgain
  })
  const scope = yield* Effect.scope
  yield* Queue.take(ends).pipe(
    Effect.flatMap(({ ending, name }) => Effect.forkIn(afterEnd(name, ending), scope)),
    Effect.forever,
    Effect.forkIn(scope)
  )

  return {
    names: () => Array.from(members.keys()),
    add: (name, added) => void members.set(name, added),
    onEnd: (name) => (ending) => void Queue.offerUnsafe(ends, { name, ending }),
    start: (name) =>
      Effect.andThen(
        Effect.suspend(() => member(name).process.start),
        Effect.raceFirst(untilHealthy(name), Deferred.await(failure))
      ),
    stop: (name) =>
      Effect.map(
        Effect.suspend(() => member(name).process.stop),
        (inTime) => {
          if (inTime) return
          inOrder = false
          say(name, "it did not stop in time, and was killed")
        }
      ),
    signal: (name, signal) => Effect.suspend(() => member(name).process.signal(signal)),
    untilHealthy: (name) => Effect.suspend(() => untilHealthy(name)),
    ended: Deferred.await(failure),
    inOrder: () => inOrder
  }
})
