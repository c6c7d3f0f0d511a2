/**
 * Work that is done in the transaction of every append: what it stores becomes visible together with the events, or not
 * at all.
 *
 * Guarantees: a participant is given each event it wants once, when it has been stored and before that is committed, in
 * the order of positions inside a stream; nothing of an append that is refused, rolled back, or repeated.
 * Appends whose events nobody wants are stored as if there were no participants.
 *
 * Gotchas: only appends of this process are told of, from the moment of registering. A participant that fails fails the
 * append, and what it does adds to the time for which the stream is locked. Appends in a transaction of their own lock
 * what participants write after all their streams; whoever appends several times in one transaction locks in the order
 * of the appends, so that two who do it in another order may wait in a circle until the database ends one of them.
 */
import { Context, Effect, Layer, type Scope } from "effect"
import type { PreparedAppend } from "./EventStore.ts"
import type { EventStoreFailure } from "./EventStoreErrors.ts"
import type { RecordedEvent } from "./RecordedEvent.ts"

/** Events that were stored just now, in the transaction that is open. */
export interface StoredNow {
  /** As they are stored, by position. */
  readonly events: ReadonlyArray<RecordedEvent>
  /**
   * `false`: the appends of several callers, or a first attempt; when the participant fails, each is tried alone. `true`:
   * there is no other attempt, so what cannot be done is to be taken back, noted and passed over if it must not fail the
   * append.
   */
  readonly careful: boolean
}

/** What is done once events are stored, in the same transaction. */
export type AppendWork = (now: StoredNow) => Effect.Effect<void, EventStoreFailure>

/** Somebody who works in the transaction of appends. */
export interface AppendParticipant {
  /** Participants work in the order of their names. */
  readonly name: string
  /** The names of the events it wants. */
  readonly eventTypes: ReadonlyArray<string>
  /**
   * Runs in the transaction, before anything is stored or locked for the append, and answers what is to be done once it
   * is. All of it may run again from the beginning when the append is tried again.
   */
  readonly begin: Effect.Effect<AppendWork, EventStoreFailure>
  /**
   * The same for stores that find out together with the append which generations of projections are read, which saves a
   * question: the projections, and what is to be done given those generations.
   */
  readonly fenced?: FencedWork
}

/** A generation of the rows of a projection, and all that decides which rows it has. */
export interface ServingGeneration {
  readonly projection: string
  readonly generation: number
  readonly fingerprint: string
}

/** Work on the rows of projections: see {@link AppendParticipant}. */
export interface FencedWork {
  readonly projections: ReadonlyArray<string>
  readonly work: (serving: ReadonlyArray<ServingGeneration>) => AppendWork
  /** For stores that can write rows together with the events: what is known of them before these are stored. */
  readonly foresight?: Foresight
}

/** Rows that are known before their events are stored, so that they can be written in the same statement. */
export interface ForeseenRows {
  /**
   * For each row the append it is of, as a place in the list: the row is to be written only if that is stored. Undefined
   * when the rows are true only if all appends are stored.
   */
  readonly appends: ReadonlyArray<number> | undefined
  /** The rows as the store of rows over the same database has prepared them, which the event store knows. */
  readonly rows: object
}

/** All that is to be written for appends, if these generations are those that are read; otherwise nothing of it is true. */
export interface Foreseen {
  readonly serving: ReadonlyArray<ServingGeneration>
  readonly writes: ReadonlyArray<ForeseenRows>
}

/** Tells rows before the events are stored. It takes no lock and opens no transaction. */
export interface Foresight {
  /** Whether it is worth asking for such an append: a guess that costs nothing. */
  readonly isLikely: (append: PreparedAppend) => boolean
  /** Undefined when something cannot be told before the events are stored: then the work has to be done after that. */
  readonly of: (appends: ReadonlyArray<PreparedAppend>) => Effect.Effect<Foreseen | undefined, EventStoreFailure>
}

/** Those who work in the transactions of appends. */
export class AppendParticipants extends Context.Service<
  AppendParticipants,
  {
    /** Adds a participant until the scope closes. */
    register(participant: AppendParticipant): Effect.Effect<void, never, Scope.Scope>
    /** Whether anybody wants an event of this name. Costs nothing when there is nobody. */
    readonly wants: (eventType: string) => boolean
    /** For event stores: begins the work of all who want one of these names; none when nothing is to be done. */
    begin(eventTypes: ReadonlyArray<string>): Effect.Effect<AppendWork, EventStoreFailure>
    /** The same where generations are found out by the store; undefined when somebody wants to ask for himself. */
    fenced(eventTypes: ReadonlyArray<string>): FencedWork | undefined
  }
>()("@eventfold/event-store/AppendParticipants") {
  /** Nobody, at first. */
  static readonly layer: Layer.Layer<AppendParticipants> = Layer.sync(AppendParticipants, () => {
    let participants: ReadonlyArray<{ readonly one: AppendParticipant; readonly types: ReadonlySet<string> }> = []
    /** By names of events, because it is asked for with every append. */
    const known = new Map<string, FencedWork | undefined>()
    const set = (all: typeof participants) =>
      Effect.sync(() => {
        known.clear()
        participants = all.toSorted((a, b) => (a.one.name < b.one.name ? -1 : a.one.name > b.one.name ? 1 : 0))
      })
    const wanting = (names: ReadonlyArray<string>) =>
      participants.filter(({ types }) => names.some((name) => types.has(name)))
    const fencedOf = (names: ReadonlyArray<string>): FencedWork | undefined => {
      const all = wanting(names)
      const fenced = all.flatMap(({ one, types }) => (one.fenced === undefined ? [] : [{ ...one.fenced, types }]))
      if (fenced.length < all.length) return undefined
      const [first] = fenced
      return {
        // Two who write would have to agree on who writes first.
        ...(fenced.length === 1 && first?.foresight !== undefined ? { foresight: first.foresight } : {}),
        projections: fenced.flatMap(({ projections }) => projections),
        work: (serving) => inTurn(fenced.map(({ types, work }) => ({ types, work: work(serving) })))
      }
    }
    return {
      register: (one) => {
        const entry = { one, types: new Set(one.eventTypes) }
        return Effect.acquireRelease(
          Effect.suspend(() => set([...participants, entry])),
          () => Effect.suspend(() => set(participants.filter((other) => other !== entry)))
        )
      },
      wants: (eventType) => participants.some(({ types }) => types.has(eventType)),
      begin: (names) =>
        Effect.map(
          Effect.forEach(wanting(names), ({ one, types }) => Effect.map(one.begin, (work) => ({ work, types }))),
          inTurn
        ),
      fenced: (names) => {
        const key = names.join("\n")
        if (!known.has(key)) {
          if (known.size >= 256) known.clear()
          known.set(key, fencedOf(names))
        }
        return known.get(key)
      }
    }
  })
}

/** The work of several, one after another, each with the events it wants. */
const inTurn =
  (all: ReadonlyArray<{ readonly types: ReadonlySet<string>; readonly work: AppendWork }>): AppendWork =>
  ({ careful, events }) =>
    Effect.forEach(
      all,
      ({ types, work }) => {
        const wanted = events.filter(({ type }) => types.has(type))
        return wanted.length === 0 ? Effect.void : work({ events: wanted, careful })
      },
      { discard: true }
    )
