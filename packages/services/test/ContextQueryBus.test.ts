/** A query that is asked of another program over HTTP is answered like one that stays: by the same laws. */
import { ContextQueriesLaws } from "@eventfold/testing"
import * as ContextQueriesContract from "@eventfold/testing/ContextQueriesContract"
import { Effect, Layer } from "effect"
import { known, queries, secret, serve } from "./Programs.ts"

const suite = { excludeTestServices: true }

ContextQueriesContract.suite(
  "ContextQueries of the program that serves the context",
  queries(known({}), {}, ContextQueriesLaws.handlers()),
  suite
)

ContextQueriesContract.suite(
  "ContextQueries of another program, over HTTP",
  Layer.unwrap(
    Effect.map(serve([], { credential: secret(1) }, ContextQueriesLaws.handlers()), (url) =>
      queries(known({ laws: url }))
    )
  ),
  suite
)
