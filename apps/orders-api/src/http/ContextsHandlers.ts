/** The endpoints of the context map: what they tell is the value that a test holds to the code. */
import { ContextMap, Drawing, Impact } from "@eventfold/context-map"
import { Effect, type Result } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { map } from "../contexts/Contexts.ts"
import { Api } from "./Api.ts"
import { UnknownContext } from "./ContextsApi.ts"

const found = <A>(result: Result.Result<A, ContextMap.UnknownContext>): Effect.Effect<A, UnknownContext> =>
  Effect.mapError(
    Effect.fromResult(result),
    ({ known, message, name }) => new UnknownContext({ name, known, detail: message })
  )

/** The endpoints of the context map. */
export const layer = HttpApiBuilder.group(Api, "contexts", (handlers) =>
  handlers.handleAll({
    list: ({ query: { team } }) =>
      Effect.succeed({ contexts: team === undefined ? map.contexts : ContextMap.ofTeam(map, team) }),
    diagram: () => Effect.succeed(Drawing.mermaid(map)),
    get: ({ params: { name } }) => found(ContextMap.get(map, name)),
    impact: ({ params: { name } }) => found(Impact.of(map, name))
  })
)
