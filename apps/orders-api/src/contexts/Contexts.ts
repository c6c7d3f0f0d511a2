/**
 * The contexts of the system: the list a new context is added to. They are found by name and by team, and answer whom a change
 * concerns.
 */
import { ContextMap } from "@eventfold/context-map"
import { context as cardGateway } from "@eventfold/card-gateway/context"
import { context as accounts } from "@eventfold/domain-accounts/context"
import { context as analytics } from "@eventfold/domain-analytics/context"
import { context as billing } from "@eventfold/domain-billing/context"
import { context as catalog } from "@eventfold/domain-catalog/context"
import { context as customers } from "@eventfold/domain-customers/context"
import { context as fulfilment } from "@eventfold/domain-fulfilment/context"
import { context as inventory } from "@eventfold/domain-inventory/context"
import { context as notifications } from "@eventfold/domain-notifications/context"
import { context as ordering } from "@eventfold/domain-ordering/context"
import { context as payments } from "@eventfold/domain-payments/context"
import { context as shipping } from "@eventfold/domain-shipping/context"
import { Result } from "effect"
import { context as sharedKernel } from "./SharedKernel.ts"

/**
 * The map of the contexts of the system.
 *
 * @throws MapNotUsable when one depends on something that is not in the list: a mistake, found when the program starts.
 */
export const map: ContextMap.ContextMap = Result.getOrThrow(
  ContextMap.make([
    ordering,
    fulfilment,
    inventory,
    payments,
    shipping,
    billing,
    notifications,
    analytics,
    catalog,
    customers,
    accounts,
    cardGateway,
    sharedKernel
  ])
)
