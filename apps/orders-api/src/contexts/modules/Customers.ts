/** The customers context, as a process hosts it: customers, and the sagas that claim their e-mail addresses. */
import { EmailSagas } from "@eventfold/domain-customers"
import * as CustomerCommandHandlers from "../../commands/CustomerCommandHandlers.ts"
import * as Registrations from "../../fulfilment/Registrations.ts"
import { sagaOf } from "../../fulfilment/RunningProcess.ts"
import { relays } from "../../messaging/Relays.ts"
import * as CustomerQueryHandlers from "../../queries/CustomerQueryHandlers.ts"
import * as ContextModule from "../ContextModule.ts"

/** What customers brings. */
export const customers = ContextModule.make({
  name: "customers",
  commands: CustomerCommandHandlers.handlers,
  queries: CustomerQueryHandlers.handlers,
  answers: CustomerQueryHandlers.handlers,
  relay: relays.customers,
  sagas: () => [
    sagaOf(Registrations.sagas.registration, EmailSagas.registrationSummary),
    sagaOf(Registrations.sagas.emailChange, EmailSagas.emailChangeSummary)
  ],
  handlers: ContextModule.always([Registrations.handler])
})
