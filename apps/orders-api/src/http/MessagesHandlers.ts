/** The endpoints of what the contexts say to each other. A document is made when somebody asks for it. */
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { asyncApi, find, languages, schemaDocument } from "../contexts/Languages.ts"
import { Api } from "./Api.ts"
import { UnknownMessage } from "./MessagesApi.ts"
import { otherPaths } from "./Paths.ts"

const messages = languages
  .flatMap((language) => language.messages)
  .map(({ type }) => ({ type, schema: `/schemas/${type}.json` }))

const groups = HttpApiBuilder.group(Api, "messages", (handlers) =>
  handlers.handleAll({
    schemas: () => Effect.succeed({ messages }),
    schema: ({ params: { file } }) =>
      Effect.fromResult(find(file.replace(/\.json$/u, ""))).pipe(
        Effect.map(schemaDocument),
        Effect.mapError(
          ({ message }) => new UnknownMessage({ known: messages.map(({ type }) => type), detail: message })
        )
      )
  })
)

const description = Layer.unwrap(
  Effect.map(Effect.cached(Effect.sync(asyncApi)), (document) =>
    HttpRouter.add("GET", otherPaths.asyncApi, Effect.map(document, HttpServerResponse.jsonUnsafe))
  )
)

/** The endpoints, and the AsyncAPI document. */
export const layer = Layer.merge(groups, description)
