/**
 * How this process gets on with sending: how many letters were taken over since it started, how many were refused for good, and
 * what does not take any now. For the health of the service: nothing depends on it, and nothing of a letter is kept.
 */
import { Context, DateTime, Effect, Layer, Ref } from "effect"

/** By what letters are sent. */
export type Way = "mail" | "text messages"

/** A way by which nothing is taken over now. */
export interface Trouble {
  readonly way: Way
  /** The name of the problem, such as `unreachable`. */
  readonly problem: string
  /** When the first attempt failed since the last one that did not. */
  readonly since: DateTime.Utc
}

/** How sending gets on. */
export interface PostStatus {
  readonly sent: number
  readonly refused: number
  /** One for each way at the most. */
  readonly troubles: ReadonlyArray<Trouble>
}

/** What can fail: for good, or for now. */
interface Failure {
  readonly _tag: string
  readonly retryable: boolean
  readonly problem?: string
}

/** Knows how sending gets on. */
export class Post extends Context.Service<
  Post,
  {
    readonly status: Effect.Effect<PostStatus>
    /** The same attempt, taken note of. */
    watch<A, E extends Failure, R>(way: Way, attempt: Effect.Effect<A, E, R>): Effect.Effect<A, E, R>
  }
>()("@eventfold/orders-api/Post") {
  /** Knows of what this process has sent. */
  static readonly layer = Layer.effect(
    Post,
    Effect.map(Ref.make<PostStatus>({ sent: 0, refused: 0, troubles: [] }), (status) => ({
      status: Ref.get(status),
      watch: (way, attempt) =>
        attempt.pipe(
          Effect.tap(() => Ref.update(status, (before) => settled({ ...before, sent: before.sent + 1 }, way))),
          Effect.tapError((failure) =>
            Effect.flatMap(DateTime.now, (now) => Ref.update(status, (before) => failed(before, way, failure, now)))
          )
        )
    }))
  )
}

/** Whoever has answered is there. */
const settled = (status: PostStatus, way: Way): PostStatus => ({
  ...status,
  troubles: status.troubles.filter((trouble) => trouble.way !== way)
})

const failed = (status: PostStatus, way: Way, failure: Failure, now: DateTime.Utc): PostStatus => {
  if (!failure.retryable) return settled({ ...status, refused: status.refused + 1 }, way)
  const problem = failure.problem ?? "unavailable"
  // A server that says "later" may say so of one recipient only.
  if (problem === "busy") return status
  const since = status.troubles.find((trouble) => trouble.way === way)?.since ?? now
  const { troubles } = settled(status, way)
  return { ...status, troubles: [...troubles, { way, problem, since }] }
}
