/** Following the log of a database: an example of the guide "follow the log". */
// #region postgres
import { CommitNotifications, Database, layerPostgres } from "@eventfold/postgres"
import { Subscriptions } from "@eventfold/subscriptions"
import { Layer } from "effect"

/** Subscriptions to the database of the environment, which hear at once of what other processes store. */
export const OnPostgres = Layer.merge(Subscriptions.layer, CommitNotifications.layerFromEnvironment).pipe(
  Layer.provideMerge(layerPostgres),
  Layer.provideMerge(Database.layer)
)
// #endregion postgres
