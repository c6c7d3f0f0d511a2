/** From what the functions in the database answer to the answer of an append. */
import {
  type Appended,
  type AppendError,
  EventIdConflict,
  EventStoreFailure,
  type PreparedAppend,
  StreamArchived,
  VersionConflict
} from "@eventfold/event-store"
import { Exit } from "effect"
import type { SqlError } from "effect/sql"
import { failure } from "./StoreFailure.ts"

/** What `append_event` and `append_one` answer. */
export interface OneRow {
  readonly outcome: string | null
  readonly version: bigint | null
  readonly position: bigint | null
}

/** What failures of appends name. */
export const operation = "EventStore.append"

/** The answer to an append that was asked for by itself. */
export const answer = (append: PreparedAppend, row: OneRow | undefined): Exit.Exit<Appended, AppendError> => {
  const { expected, stream } = append
  switch (row?.outcome) {
    case "Stored":
    case "Replayed":
      return Exit.succeed({ version: Number(row.version), position: Number(row.position) })
    case "VersionConflict":
      return Exit.fail(new VersionConflict({ stream, expected, actual: Number(row.version) }))
    case "IdConflict":
      return Exit.fail(idConflict(append))
    case "Archived":
      return Exit.fail(new StreamArchived({ stream }))
    default:
      return Exit.fail(
        new EventStoreFailure({ operation, retryable: false, cause: new Error("the database gave no answer") })
      )
  }
}

/** What an append fails with when the database refused its statement. */
export const refusal =
  (append: PreparedAppend) =>
  (error: SqlError.SqlError): AppendError =>
    isKnownId(error) ? idConflict(append) : failure(operation)(error)

/** Two appends with a common id to different streams at the same moment: the index decides who came first. */
const isKnownId = ({ reason }: SqlError.SqlError): boolean =>
  reason._tag === "UniqueViolation" && reason.constraint === "events_event_id_key"

const idConflict = ({ events, stream }: PreparedAppend) =>
  new EventIdConflict({ stream, eventIds: events.map((event) => event.id) })
