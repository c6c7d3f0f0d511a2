/**
 * What is to be done about the generations of a projection, as a pure function of what the tables say.
 *
 * Nothing but the tables is remembered, so a program that starts, or starts again after a crash at any point, goes on
 * where the tables stand, and several of them come to the same plan.
 *
 * Programs of two versions can be at work at once. Each feeds the generations of its own fingerprint. Where rows have the
 * same shape, the newer version's take the place of the older one's; the older program then feeds nothing and does not
 * build its own anew for as long as somebody feeds the others: else the two would replace each other for ever. Where they
 * have another shape, each keeps its own, until the newer ones have been read for a day and nobody feeds the older ones.
 *
 * Gotcha: ages are told by comparing times of the store with the clock of this process. They are meant to agree within
 * seconds.
 */
import { DateTime } from "effect"
import type { ConsumerState } from "./Consumers.ts"
import { consumerOf, writersOf } from "./GenerationConsumer.ts"
import type { Generation } from "./ReadModelStore.ts"

/** What a program makes of a projection. */
export interface ProgramSide extends Pick<Generation, "fingerprint" | "rowsFingerprint"> {
  readonly onChange: "rebuild" | "wait"
  readonly inline: boolean
}

/** What the tables say, and when. */
export interface Sight {
  /** Those of the projection, the oldest first. */
  readonly generations: ReadonlyArray<Generation>
  /** The slices of their consumers. */
  readonly consumers: ReadonlyArray<ConsumerState>
  /** Whether rows of the program's fingerprint were there once and others took their place. */
  readonly superseded: boolean
  /** Milliseconds since 1970. */
  readonly now: number
}

/** How long things are kept, in milliseconds. */
export interface Ages {
  /** How long rows that are not read any more stay, for readers in flight. */
  readonly grace: number
  /** For how long others of another shape must have been read before rows go that nobody feeds; or these been unfinished. */
  readonly abandoned: number
}

/**
 * How it stands. `current`: the program's own rows are read. `building`: they are being built, and none of their shape
 * are read. `rebuilding`: they are being built while others are read. `waiting`: they are built on command only.
 * `superseded`: those of another version took their place, and somebody feeds them.
 */
export type Standing = "current" | "building" | "rebuilding" | "waiting" | "superseded"

/** What is to be done. */
export interface Plan {
  readonly standing: Standing
  /** The generation whose rows are read by this program. */
  readonly serving: Generation | undefined
  /** The generation of this program that is to be read next. */
  readonly building: Generation | undefined
  /** Whether one is to be begun now. */
  readonly begin: boolean
  /** Those this program follows the log for. */
  readonly feed: ReadonlyArray<Generation>
  /** Those that are to be retired: nobody has fed them for long, and rows of another shape are read. */
  readonly retire: ReadonlyArray<Generation>
  /** Those that are to be dropped. */
  readonly drop: ReadonlyArray<Generation>
}

/** Looks at the tables and says what is to be done. */
export const planOf = (program: ProgramSide, sight: Sight, ages: Ages): Plan => {
  const { generations, now } = sight
  const own = generations.filter(({ fingerprint, state }) => fingerprint === program.fingerprint && state !== "retired")
  const building = own.findLast(({ state }) => state === "building")
  const served = generations.filter(({ state }) => state === "serving")
  const serving = served.find(({ rowsFingerprint }) => rowsFingerprint === program.rowsFingerprint)
  const standing = standingOf(program, sight, building, serving)
  const ready = served.find((one) => one.fingerprint === program.fingerprint)
  const isLeft = (generation: Generation) => isAbandoned(generation, sight, ages.abandoned)
  return {
    standing,
    serving,
    building,
    begin: building === undefined && (standing === "building" || standing === "rebuilding"),
    feed: program.inline ? own.filter(({ state }) => state === "building") : own,
    retire:
      ready === undefined || isYoung(ready.servedAt, now, ages.abandoned)
        ? []
        : served.filter((one) => one.rowsFingerprint !== program.rowsFingerprint && isLeft(one)),
    drop: generations.filter((one) =>
      one.state === "retired"
        ? !isYoung(one.retiredAt, now, ages.grace)
        : one.state === "building" && one.fingerprint !== program.fingerprint && isLeft(one)
    )
  }
}

const standingOf = (
  { fingerprint, onChange }: ProgramSide,
  { consumers, generations, now, superseded }: Sight,
  building: Generation | undefined,
  serving: Generation | undefined
): Standing => {
  if (building !== undefined) return serving === undefined ? "building" : "rebuilding"
  if (serving?.fingerprint === fingerprint) return "current"
  const wasServed = superseded || generations.some((one) => one.fingerprint === fingerprint)
  if (serving !== undefined && wasServed && isFed(serving, consumers, now)) return "superseded"
  if (onChange === "wait" && generations.length > 0) return "waiting"
  return serving === undefined ? "building" : "rebuilding"
}

/** Whether somebody follows the log for it, or says that appends write it. */
export const isFed = (generation: Generation, consumers: ReadonlyArray<ConsumerState>, now: number): boolean =>
  slicesOf(generation, consumers).some(({ leasedUntil }) => (leasedUntil?.epochMilliseconds ?? 0) > now)

/**
 * Whether nobody has followed the log for it for so long, or has given its lease back. That somebody has stopped it is no
 * neglect.
 */
const isAbandoned = (generation: Generation, { consumers, now }: Sight, age: number): boolean => {
  const slices = slicesOf(generation, consumers)
  return (
    !isYoung(generation.begunAt, now, age) &&
    slices.every(({ leasedUntil, stopped }) => !stopped && !isYoung(leasedUntil, now, age))
  )
}

const slicesOf = (of: Generation, consumers: ReadonlyArray<ConsumerState>) =>
  consumers.filter(({ consumer }) => consumer === consumerOf(of) || consumer === writersOf(of))

const isYoung = (since: DateTime.Utc | undefined, now: number, age: number): boolean =>
  since !== undefined && DateTime.toEpochMillis(since) + age > now
