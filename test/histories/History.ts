/**
 * A golden history: the stored events of one aggregate, and the state they fold to.
 *
 * It holds a fold to what it has been. A snapshot is used by every program that declares the same version of the fold,
 * so a fold that makes another state of the same events must declare another version: no schema can tell that.
 */
import { Decider, type DomainEvent } from "@eventfold/decider"
import { EventCodec, type RecordedEvent, type StreamId } from "@eventfold/event-store"
import { Effect, Equal, Schema } from "effect"

/** A stored event, without what the store adds. */
const StoredEvent = Schema.Struct({
  type: Schema.String,
  schemaVersion: Schema.Int,
  occurredAt: Schema.DateTimeUtc,
  data: Schema.Json
})

/** A golden history. */
export const History = Schema.Struct({
  /** What becomes of the aggregate, for people. */
  title: Schema.String,
  /** The declared version of the fold that made the state. */
  version: Schema.Int,
  events: Schema.NonEmptyArray(StoredEvent),
  /** In the JSON form of the schema of the state. */
  state: Schema.Json
})
/** A golden history. */
export interface History extends Schema.Schema.Type<typeof History> {}

/** Reads a history file. */
export const parse = Schema.decodeEffect(Schema.fromJsonString(Schema.toCodecJson(History)))

const encode = Schema.encodeSync(Schema.toCodecJson(History))
/** The text of a history file. */
export const print = (history: History): string => `${JSON.stringify(encode(history), null, 2)}\n`

/** An aggregate whose fold has golden histories. */
export interface FoldedAggregate {
  /** The folder below `test/golden`. */
  readonly context: string
  readonly category: string
  /** The declared version of its fold. */
  readonly version: number
  /** The state, in its JSON form, that stored events fold to today. */
  readonly fold: (events: History["events"]) => Effect.Effect<Schema.Json, Error>
}

/** The aggregate of a decider. */
export const aggregate = <State, Command, Event extends DomainEvent.DomainEvent, Refusal>(
  context: string,
  decider: Decider.Decider<State, Command, Event, Refusal>
): FoldedAggregate => {
  const codec = EventCodec.make(decider.Event)
  const encodeState = Schema.encodeEffect(Schema.toCodecJson(decider.State))
  return {
    context,
    category: decider.category,
    version: decider.version ?? 1,
    fold: (events) =>
      codec.decode(events.map((event, index) => recorded(event, index, { category: "golden", id: "golden" }))).pipe(
        Effect.flatMap((decoded) => encodeState(Decider.fold(decider, decoded))),
        Effect.flatMap((state) => Schema.decodeEffect(Schema.fromJsonString(Schema.Json))(JSON.stringify(state)))
      )
  }
}

/** An event with what the store adds: only of the stream a fold of rows may make something. */
export const recorded = (
  event: History["events"][number],
  index: number,
  stream: Pick<StreamId.StreamId, "category" | "id">
): RecordedEvent => ({
  ...event,
  id: "00000000-0000-4000-8000-000000000000",
  stream: { tenant: "golden", ...stream },
  version: index + 1,
  position: index + 1,
  recordedAt: event.occurredAt,
  metadata: {}
})

/** What a file tells about the fold of today. */
export type Finding<File> =
  | { readonly _tag: "Holds" }
  /** Not as it has to be, and what to do about it. */
  | { readonly _tag: "Refused"; readonly problem: string }
  /** The fold is another one by declaration: the file is to be written anew. */
  | { readonly _tag: "Outdated"; readonly problem: string; readonly renewed: File }

/** Folds a history and compares. `file` names it in what is found. */
export const check = (of: FoldedAggregate, file: string, history: History): Effect.Effect<Finding<History>> =>
  Effect.match(of.fold(history.events), {
    onFailure: (error): Finding<History> => ({
      _tag: "Refused",
      problem: `${file}: the events can no longer be read: ${error.message}`
    }),
    onSuccess: (state): Finding<History> => {
      const renewed = { ...history, version: of.version, state }
      if (of.version > history.version) {
        const problem = `${file}: made by version ${history.version} of the fold, and ${of.category} declares version ${of.version}. Run \`npm run histories\` and look at what has changed.`
        return { _tag: "Outdated", problem, renewed }
      }
      if (of.version < history.version) {
        const problem = `${file}: made by version ${history.version} of the fold, but ${of.category} declares version ${of.version}. A declared version only grows.`
        return { _tag: "Refused", problem }
      }
      if (Equal.equals(state, history.state)) return { _tag: "Holds" }
      const problem =
        `${file}: the fold of ${of.category} makes another state of the same events, under the same declared version ${of.version}. ` +
        `Snapshots taken before would be used as if nothing had changed. If this is meant, declare \`version: ${of.version + 1}\` ` +
        `in its decider and run \`npm run histories\`; if not, \`evolve\` has a mistake.\n` +
        `  before: ${JSON.stringify(history.state)}\n  now:    ${JSON.stringify(state)}`
      return { _tag: "Refused", problem }
    }
  })
