/**
 * The port to what keeps cached rows: in this process, or shared by several.
 *
 * It keeps texts under a *scope* (the consumer that feeds the rows) and an id (`ReadModel.idOf`), and knows how far it has
 * followed each slice of the scope's consumer. A text is put with the version that was answered when it was missed: what
 * was read before a change of its row can so be told from what was read after it.
 *
 * Guarantees of every layer (`ReadCacheContract` in `@eventfold/testing` holds them to it): a change that was told takes
 * its rows out, and what was read before it is not taken any more, however late it is put; a stretch of which the changes
 * are not known takes out everything of the scope; there are never more texts than the bound, and those used longest ago go
 * first; none is older than the time to live.
 */
import { Context, type Effect, Schema } from "effect"

/** The cache does not answer, or not in time. Reads go on without it. */
export class ReadCacheFailure extends Schema.TaggedError<ReadCacheFailure>()("ReadCacheFailure", {
  operation: Schema.String,
  cause: Schema.Defect()
}) {
  override get message() {
    return `the cache of rows does not answer: ${this.operation}`
  }
}

/** What a cache knew of a scope when it was asked. */
export interface CacheVersion {
  /** Goes up whenever everything of the scope was taken out. */
  readonly era: number
  /** All slices have been followed up to here. */
  readonly position: number
}

/** What a cache has under an id. */
export interface CacheLook {
  readonly text: string | undefined
  /** Undefined as long as the scope is not known: then nothing can be put. */
  readonly version: CacheVersion | undefined
}

/** A slice of a consumer has moved from a position to another, and changed these rows and no others. */
export interface CacheChange {
  readonly slice: number
  readonly from: number
  readonly to: number
  readonly changed: ReadonlyArray<string>
}

/** How cached rows are bounded. */
export interface CacheBounds {
  /** The most rows. Default: 1,000. */
  readonly maxEntries?: number
  /** How long a row is kept at the most, in milliseconds. Default: 60,000. */
  readonly timeToLive?: number
}

/** The bounds with the defaults put in. */
export const bounds = ({ maxEntries = 1000, timeToLive = 60_000 }: CacheBounds): Required<CacheBounds> => {
  for (const [name, value] of Object.entries({ maxEntries, timeToLive })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`${name} of the cache of rows must be a whole number from 1, got ${value}`)
    }
  }
  return { maxEntries, timeToLive }
}

/** How many changed rows of a scope are remembered, against what was read before they changed. */
export const rememberedChanges = 1000

/** Keeps cached rows. */
export class ReadCacheStore extends Context.Service<
  ReadCacheStore,
  {
    /** Whether other processes see what is put here: then changes of rows nobody reads here are told, too. */
    readonly shared: boolean
    get(scope: string, id: string): Effect.Effect<CacheLook, ReadCacheFailure>
    /** Keeps a text, unless its row has changed since `version`. Answers whether it did, and how many had to go. */
    put(
      scope: string,
      id: string,
      version: CacheVersion,
      text: string
    ): Effect.Effect<{ readonly kept: boolean; readonly evicted: number }, ReadCacheFailure>
    /** Takes out the rows of a change; everything of the scope when it does not join what is known of the slice. */
    advanced(
      scope: string,
      change: CacheChange
    ): Effect.Effect<{ readonly invalidated: number; readonly cleared: boolean }, ReadCacheFailure>
    /**
     * The slices of the scope's consumer, from 0, were seen at these positions. Answers whether the cache has followed them
     * up to there. When it has not it takes out everything of the scope, unless `patient`: then it leaves it as it is.
     */
    seen(scope: string, positions: ReadonlyArray<number>, patient: boolean): Effect.Effect<boolean, ReadCacheFailure>
    /** Takes out everything of a scope, and does not take what was read before. */
    clear(scope: string): Effect.Effect<void, ReadCacheFailure>
  }
>()("@eventfold/subscriptions/ReadCacheStore") {}
