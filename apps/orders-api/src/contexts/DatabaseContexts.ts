/**
 * Which contexts a database is for: noted in it by the first process that starts on it, and held against every other one.
 *
 * Guarantees: processes of different contexts do not share a database. One that would is refused before it reads or writes
 * anything else, also when the other one does not run now, because their logs would be one, and each would take the events
 * of the other for its own. Of two that start at the same moment one is noted.
 *
 * A database that is in use and has no note is from before there was a choice: it is for all contexts.
 */
import { Documents } from "@eventfold/documents"
import { EventStore, type EventStoreFailure, StreamId } from "@eventfold/event-store"
import { Effect, Schema } from "effect"
import { Settings } from "../Settings.ts"

/** The database is for other contexts than this process hosts. */
export class DatabaseOfOtherContexts extends Schema.TaggedError<DatabaseOfOtherContexts>()("DatabaseOfOtherContexts", {
  hosted: Schema.Array(Schema.String),
  noted: Schema.Array(Schema.String)
}) {
  override get message() {
    return [
      "The service did not start, because its database is for other contexts:",
      `  it is to host ${this.hosted.join(",")}; the database is for ${this.noted.join(",")}`,
      "Services of different contexts do not share a database. Give these contexts one of their own, or set CONTEXTS and the databases as they were."
    ].join("\n")
  }
}

/** Where it is noted: of no tenant, because a database is for the contexts of all of them. A storage format. */
const place = StreamId.make("eventfold", "hosting", "contexts")

const Note = Schema.Struct({ contexts: Schema.Array(Schema.String) })
const readNote = Schema.decodeUnknownEffect(Note)

/** Checks that the database is for the contexts of this process, and notes it when nobody has. */
export const claim: Effect.Effect<
  void,
  DatabaseOfOtherContexts | EventStoreFailure,
  Documents | EventStore | Settings
> = Effect.gen(function* () {
  const { contexts } = yield* Settings
  const [documents, store] = [yield* Documents, yield* EventStore]
  const hosted = contexts === "all" ? ["all"] : contexts.toSorted()
  const [found] = yield* documents.find(place, [place.id])
  const noted = yield* Effect.gen(function* () {
    if (found?.content !== undefined) return (yield* Effect.orDie(readNote(found.content))).contexts
    // Only who hosts some of them must know.
    return contexts !== "all" && (yield* store.end) > 0 ? ["all"] : undefined
  })
  if (noted !== undefined) {
    return noted.join() === hosted.join() ? undefined : yield* new DatabaseOfOtherContexts({ hosted, noted })
  }
  const expected = found?.version ?? 0
  yield* documents
    .put({ stream: place, content: { contexts: hosted }, expected, version: expected + 1 })
    .pipe(Effect.catchTag("InvalidDocument", Effect.die))
}).pipe(
  // Somebody else has noted something at the same moment: it is there to be read now.
  Effect.retry({ while: (error) => error._tag === "VersionConflict", times: 3 }),
  Effect.catchTag("VersionConflict", Effect.die)
)
