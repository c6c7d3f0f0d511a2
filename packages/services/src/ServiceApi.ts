/**
 * What a program that serves contexts answers to other services, as a value: server and client are made of it.
 *
 * A command or a query travels under its name with its content as JSON, and comes back as what it was answered, or refused
 * with; that is one answer, whichever it is. Whatever else happens to it is an error of its own, with all that the error says.
 */
import {
  CommandHandler,
  CommandIdReused,
  CommandOutcome,
  EventIdConflict,
  EventNotDecodable,
  EventNotEncodable,
  EventStoreFailure,
  InvalidAppend,
  MalformedMessage,
  NotUpToDate,
  OutsideFailure,
  ReadModelFailure,
  ReadModelNotReady,
  StreamArchived,
  UnknownMessage,
  VersionConflict
} from "@eventfold/event-store"
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import { ServiceCredential } from "./ServiceCredential.ts"

/** The body of a command on its way. */
export const CommandBody = Schema.Struct({
  tenant: Schema.String,
  payload: Schema.Json,
  metadata: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  expectedVersion: Schema.optionalKey(Schema.Finite)
})

/** The body of a query on its way. */
export const QueryBody = Schema.Struct({ payload: Schema.Json })

/** What a query was answered, or refused with, in the JSON form of its schemas. */
export const QueryOutcome = Schema.TaggedUnion({
  Answered: { answer: Schema.Json },
  Refused: { refusal: Schema.Json }
})
/** What a query was answered, or refused with. */
export type QueryOutcome = typeof QueryOutcome.Type

/** The answer to a query is longer than what is said to another service. */
export class AnswerTooLong extends Schema.TaggedError<AnswerTooLong>()("AnswerTooLong", {
  name: Schema.String,
  /** How long it is, in bytes of JSON. */
  bytes: Schema.Int,
  /** How long it may be. */
  most: Schema.Int
}) {
  override get message() {
    return `the answer to ${this.name} has ${this.bytes} bytes: ${this.most} at most`
  }
}

const status = HttpApiSchema.status

/** Everything that can happen to a command where it is handled, besides an outcome. */
const errors = [
  MalformedMessage.pipe(status(400)),
  UnknownMessage.pipe(status(404)),
  VersionConflict.pipe(status(409)),
  CommandHandler.TooManyConflicts.pipe(status(409)),
  EventIdConflict.pipe(status(409)),
  StreamArchived.pipe(status(410)),
  CommandIdReused.pipe(status(422)),
  InvalidAppend.pipe(status(422)),
  EventNotDecodable.pipe(status(500)),
  EventNotEncodable.pipe(status(500)),
  OutsideFailure.pipe(status(502)),
  EventStoreFailure.pipe(status(503))
] as const

/** Commands of other services. */
export class ServiceCommands extends HttpApiGroup.make("serviceCommands")
  .add(
    HttpApiEndpoint.post("dispatch", "/commands/:command", {
      params: { command: Schema.String },
      headers: { "idempotency-key": Schema.String },
      payload: CommandBody,
      success: CommandOutcome,
      error: errors
    })
  )
  .prefix("/service")
  .middleware(ServiceCredential) {}

/** Everything that can happen to a query where it is handled, besides an outcome. */
const queryErrors = [
  MalformedMessage.pipe(status(400)),
  UnknownMessage.pipe(status(404)),
  AnswerTooLong.pipe(status(500)),
  ReadModelFailure.pipe(status(503)),
  ReadModelNotReady.pipe(status(503)),
  NotUpToDate.pipe(status(503))
] as const

/** Queries of other services. They change nothing; what they ask for may be about people, and so is in no address. */
export class ServiceQueries extends HttpApiGroup.make("serviceQueries")
  .add(
    HttpApiEndpoint.post("ask", "/queries/:query", {
      params: { query: Schema.String },
      payload: QueryBody,
      success: QueryOutcome,
      error: queryErrors
    })
  )
  .prefix("/service")
  .middleware(ServiceCredential) {}

/** What services say to one another. */
export class ServiceApi extends HttpApi.make("eventfold-services").add(ServiceCommands, ServiceQueries) {}
