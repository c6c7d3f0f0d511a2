/** The ports of the read side, timers, documents, the message broker, the inbox and the relay on both databases: all laws on one database each. */
import {
  ConsumersLaws,
  DeadLettersLaws,
  DocumentsLaws,
  InboxLaws,
  InlineProjectionLaws,
  MessageBrokerLaws,
  ReadModelStoreLaws,
  RelayLaws,
  SubscriberLaws,
  TimersLaws
} from "@eventfold/testing"
import { register } from "@eventfold/testing/ContractSuite"
import { Layer } from "effect"
import { layerPostgres } from "../src/index.ts"
import * as PostgresDatabase from "./PostgresDatabase.ts"
import * as PreparedDatabase from "./PreparedDatabase.ts"

const laws = [
  ...ConsumersLaws.laws,
  ...DeadLettersLaws.laws,
  ...ReadModelStoreLaws.laws,
  ...InlineProjectionLaws.laws,
  ...TimersLaws.laws,
  ...DocumentsLaws.laws,
  ...MessageBrokerLaws.laws,
  ...InboxLaws.laws,
  ...RelayLaws.laws,
  ...SubscriberLaws.laws
]

register("The read side on PostgreSQL", layerPostgres.pipe(Layer.provide(PostgresDatabase.layer)), laws)
register("The read side on the embedded database", layerPostgres.pipe(Layer.provide(PreparedDatabase.layer())), laws)
