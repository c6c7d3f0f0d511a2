/** The analytics context, as a process hosts it: figures of what it has heard. */
import { DayFigures, ProductFigures } from "@eventfold/domain-analytics"
import { subscriber } from "../../analytics/AnalyticsSubscriber.ts"
import * as AnalyticsQueryHandlers from "../../queries/AnalyticsQueryHandlers.ts"
import * as ContextModule from "../ContextModule.ts"

/** What analytics brings. */
export const analytics = ContextModule.make({
  name: "analytics",
  queries: AnalyticsQueryHandlers.handlers,
  projections: (_hash, use) => [use(DayFigures.DayFigures), use(ProductFigures.ProductFigures)],
  subscribers: [subscriber]
})
