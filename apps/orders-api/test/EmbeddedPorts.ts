/** The ports of the service on an embedded database in memory: the same SQL as in production. */
import { EmbeddedDatabase, layerPostgres } from "@eventfold/postgres"
import { Layer } from "effect"
import * as OrderListPostgres from "../src/queries/OrderListPostgres.ts"

/** A new database each time the layer is built, with its SQL client. */
export const layer = Layer.suspend(() =>
  Layer.merge(layerPostgres, OrderListPostgres.layerPostgres).pipe(Layer.provideMerge(EmbeddedDatabase.layer()))
)
