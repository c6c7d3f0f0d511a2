/** The endpoint of the audit: a request becomes a query, its outcome an answer. */
import { QueryBus } from "@eventfold/event-store"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { getAudit } from "../queries/AuditQueries.ts"
import { Settings } from "../Settings.ts"
import { Api } from "./Api.ts"
import * as CommandProblems from "./CommandProblems.ts"

/** The endpoint of the audit, over the query bus. */
export const layer = HttpApiBuilder.group(
  Api,
  "audit",
  Effect.fn(function* (handlers) {
    const queries = yield* QueryBus
    const { tenant } = yield* Settings

    return handlers.handle(
      "list",
      Effect.fnUntraced(function* ({ query: { stream, ...query } }) {
        const { entries, next } = yield* queries
          .ask(getAudit, { _tag: "GetAudit", tenant, ...query, ...stream })
          .pipe(Effect.catch(CommandProblems.ofQuery))
        return {
          entries: entries.map((entry) => {
            if (entry._tag === "Event") {
              const { _tag: _, ...event } = entry
              return { kind: "event" as const, ...event }
            }
            const { _tag: _, ...action } = entry
            return { kind: "action" as const, ...action }
          }),
          ...(next === undefined ? {} : { nextCursor: next })
        }
      })
    )
  })
)
