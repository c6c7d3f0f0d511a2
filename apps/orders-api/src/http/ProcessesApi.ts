/** The endpoints that tell which sagas and process managers there are, and draw them. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiError, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { about } from "./About.ts"
import { problemType } from "./Problems.ts"
import { QueryHeaders } from "./RequestHeaders.ts"
import { ServedBy } from "./ServedBy.ts"

const described = { name: Schema.String, version: Schema.Int }

/** The sagas and process managers of the service. */
export const ProcessList = Schema.Struct({
  processes: Schema.Array(
    Schema.Struct({
      ...described,
      kind: Schema.Literals(["saga", "process-manager"]),
      /** What it does, in a sentence. */
      summary: Schema.String,
      /** The steps of a saga, in order, each with its command; the phases of a process manager. */
      steps: Schema.Array(Schema.Struct({ name: Schema.String, command: Schema.optionalKey(Schema.String) })),
      /** Where its diagram is. */
      diagram: Schema.String
    })
  )
}).annotate({ identifier: "ProcessList", description: "The sagas and process managers of the service" })

/** What a saga can go through. */
export const SagaDiagram = Schema.Struct({
  kind: Schema.tag("saga"),
  ...described,
  steps: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      command: Schema.String,
      /** The command that undoes it, or why none is needed; absent from the pivot on. */
      compensation: Schema.optionalKey(Schema.String),
      /** Whether `compensation` is a command. */
      undoes: Schema.Boolean,
      /** The wait before attempt n + 1 is `first * factor ^ (n - 1)` milliseconds, at the most `longest`. */
      retry: Schema.Struct({
        attempts: Schema.Finite,
        first: Schema.Finite,
        factor: Schema.Finite,
        longest: Schema.Finite
      }),
      /** How long one attempt may take, in milliseconds. */
      timeLimit: Schema.Finite,
      breaker: Schema.optional(Schema.String),
      /** How long it waits for what is down, in milliseconds; as often as the breaker says without `every`. */
      outage: Schema.Struct({
        every: Schema.optional(Schema.Finite),
        longest: Schema.Finite,
        exhausted: Schema.Literals(["fails", "waits"])
      }),
      /** Whether there are refusals that are asked again, as attempts. */
      asksAgain: Schema.Boolean
    })
  ),
  /** The number of steps that can be undone: behind them it only goes forward. */
  pivot: Schema.Int,
  /** What undoes the start: a command, or why none is needed. */
  undo: Schema.String
}).annotate({ identifier: "SagaDiagram" })

/** What a process manager can go through. */
export const ProcessManagerDiagram = Schema.Struct({
  kind: Schema.tag("process-manager"),
  ...described,
  /** The first one is where every process begins. */
  phases: Schema.Array(Schema.Struct({ name: Schema.String, ended: Schema.Boolean })),
  transitions: Schema.Array(
    Schema.Struct({
      from: Schema.String,
      to: Schema.String,
      /** What comes: an event, `timer <name>`, or `<command> answered`, `refused` or `failed`. */
      on: Schema.String,
      sends: Schema.Array(Schema.String),
      starts: Schema.Array(Schema.String)
    })
  )
}).annotate({ identifier: "ProcessManagerDiagram" })

/** There is no saga and no process manager of this name. */
export class UnknownProcess extends HttpApiError.Problem<UnknownProcess>()(
  "UnknownProcess",
  { type: problemType("process-not-found"), status: 404, title: "There is no such process" },
  { name: Schema.String, known: Schema.Array(Schema.String) }
) {}

/** The endpoints that tell which sagas and process managers there are. */
export class ProcessesApi extends HttpApiGroup.make("processes")
  .add(
    HttpApiEndpoint.get("list", "/processes", { headers: QueryHeaders, success: ProcessList }).annotateMerge(
      about("The sagas and process managers of the service", "Those that run as FULFILMENT says.")
    ),
    HttpApiEndpoint.get("diagram", "/processes/:name/diagram", {
      params: { name: Schema.String.check(Schema.isMaxLength(64)) },
      query: { format: Schema.optionalKey(Schema.Literals(["mermaid", "data"])) },
      headers: QueryHeaders,
      success: [HttpApiSchema.asText()(Schema.String), SagaDiagram, ProcessManagerDiagram],
      error: UnknownProcess
    }).annotateMerge(
      about(
        "What a saga or a process manager can go through, as a state diagram",
        "Text for Mermaid, which draws it; the same as data with format=data, or with Accept: application/json."
      )
    )
  )
  .annotate(ServedBy, "every")
  .annotateMerge(OpenApi.annotations({ title: "Processes" })) {}
