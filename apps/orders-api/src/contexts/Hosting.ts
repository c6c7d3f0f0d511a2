/**
 * Which contexts a process hosts, as `CONTEXTS` says: all of them unless it names some. Everything else the process runs follows
 * from that, by the values of these contexts.
 */
import type { Hostable } from "../http/ServedBy.ts"
import type { ContextModule } from "./ContextModule.ts"
import { accounts } from "./modules/Accounts.ts"
import { analytics } from "./modules/Analytics.ts"
import { billing } from "./modules/Billing.ts"
import { catalog } from "./modules/Catalog.ts"
import { customers } from "./modules/Customers.ts"
import { inventory } from "./modules/Inventory.ts"
import { notifications } from "./modules/Notifications.ts"
import { ordering } from "./modules/Ordering.ts"
import { payments } from "./modules/Payments.ts"
import { shipping } from "./modules/Shipping.ts"

/** Every context that can be hosted: the list a new one is added to. */
export const modules: ReadonlyArray<ContextModule> = [
  ordering,
  accounts,
  shipping,
  payments,
  billing,
  notifications,
  analytics,
  inventory,
  catalog,
  customers
]

/** Some contexts, by name, or all of them. */
export type Hosted = "all" | ReadonlyArray<Hostable>

/** The contexts that a process hosts. */
export const hostedBy = ({ contexts }: { readonly contexts: Hosted }): ReadonlyArray<ContextModule> =>
  contexts === "all" ? modules : modules.filter(({ name }) => contexts.includes(name))

/** Whether a process hosts a context. */
export const hosts = ({ contexts }: { readonly contexts: Hosted }, name: Hostable): boolean =>
  contexts === "all" || contexts.includes(name)
