/** Queries over handlers in one program keep the laws of queries between contexts. */
import { ContextQueriesLaws } from "@eventfold/testing"
import * as ContextQueriesContract from "@eventfold/testing/ContextQueriesContract"
import { ContextQueries } from "../src/index.ts"

ContextQueriesContract.suite("ContextQueries in one program", ContextQueries.layer(ContextQueriesLaws.handlers()))
