/** The gift cards on PostgreSQL, embedded or served: an example of the guide "use eventfold in your program". */
// #region layers
import { Database, EmbeddedDatabase, layerPostgres } from "@eventfold/postgres"
import { Layer } from "effect"
import * as GiftCardService from "./gift-cards/GiftCardService.ts"

const giftCards = GiftCardService.layer.pipe(Layer.provide(layerPostgres))

/** On PostgreSQL as the environment has it: the server of `DATABASE_URL`, or embedded in the directory `DATA_DIR`. */
export const OnPostgres = giftCards.pipe(Layer.provide(Database.layer))

/** On an embedded PostgreSQL of its own, in memory: for tests. */
export const OnEmbedded = giftCards.pipe(Layer.provide(EmbeddedDatabase.layer()))
// #endregion layers
