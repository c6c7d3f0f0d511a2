/** The payments context, as a process hosts it: payments, and the process manager that takes them when nobody coordinates. */
import { PaymentProcess, ProcessDiagrams } from "@eventfold/domain-fulfilment"
import { PaymentList, PaymentsOfOrder } from "@eventfold/domain-payments"
import * as PaymentCommandHandlers from "../../commands/PaymentCommandHandlers.ts"
import { managerOf } from "../../fulfilment/RunningProcess.ts"
import { relays } from "../../messaging/Relays.ts"
import * as PaymentQueryHandlers from "../../queries/PaymentQueryHandlers.ts"
import * as ContextModule from "../ContextModule.ts"

/** What payments brings. */
export const payments = ContextModule.make({
  name: "payments",
  commands: PaymentCommandHandlers.handlers,
  queries: PaymentQueryHandlers.handlers,
  projections: (_hash, use) => [use(PaymentList.PaymentList), use(PaymentsOfOrder.PaymentsOfOrder, { mode: "inline" })],
  relay: relays.payments,
  managers: (limits) => ({
    off: [],
    orchestrated: [],
    choreographed: [
      managerOf(PaymentProcess.make(limits), PaymentProcess.summary, ProcessDiagrams.payment, {
        breakers: PaymentProcess.breakers,
        // Broken off earlier, an attempt would never take as long as it may.
        timeLimit: limits.payment
      })
    ]
  })
})
