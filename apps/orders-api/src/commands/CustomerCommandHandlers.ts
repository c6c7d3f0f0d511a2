/**
 * Handles the commands of the customers context: each customer, and each e-mail address, is an aggregate with a stream of its
 * own. That the two agree is a matter of the sagas in `Registrations.ts`.
 *
 * Whoever was forgotten before they register is refused: nothing that they tell could be kept.
 */
import type { Message } from "@eventfold/decider"
import { Customer, CustomerCommands, CustomerErrors, EmailClaim, EmailClaimCommands } from "@eventfold/domain-customers"
import { CommandBus, type CommandEnvelope, CommandHandler, KeyStore } from "@eventfold/event-store"
import { Effect } from "effect"
import { customerStreamOf, emailStreamOf } from "../CustomerStreamIds.ts"
import * as EmailHashes from "./EmailHashes.ts"

const customers = CommandHandler.make(Customer.Customer)
const emails = CommandHandler.make(EmailClaim.EmailClaim)

const handle = Effect.fnUntraced(function* (envelope: CommandEnvelope<CustomerCommands.CustomerCommand>) {
  const { payload, tenant, ...rest } = envelope
  const { _tag, customerId } = payload
  if (_tag === "RegisterCustomer" && (yield* (yield* KeyStore).isForgotten({ tenant, subject: customerId }))) {
    return yield* new CustomerErrors.CustomerForgotten({ customerId })
  }
  const hash = yield* EmailHashes.ofTenant(tenant)
  const stream = customerStreamOf(tenant, customerId)
  const { state, version } = yield* customers.handle(stream, Customer.asked(hash, payload), rest)
  return Customer.answerOf(state, version)
})

const handler = <Command extends CustomerCommands.CustomerCommand>(
  command: Message.Command<string, Command, CustomerCommands.CustomerAnswer, CustomerErrors.CustomerRefusal>
) => CommandBus.handler(command, handle)

/** The handlers of the commands on customers, and on e-mail addresses. */
export const handlers = [
  handler(CustomerCommands.registerCustomer),
  handler(CustomerCommands.changeProfile),
  handler(CustomerCommands.changeEmail),
  handler(CustomerCommands.adoptEmail),
  handler(CustomerCommands.forgoEmail),
  ...CommandBus.aggregate(emails, {
    commands: [EmailClaimCommands.reserveEmail, EmailClaimCommands.confirmEmail, EmailClaimCommands.releaseEmail],
    stream: (tenant, { emailHash }) => emailStreamOf(tenant, emailHash),
    answer: EmailClaim.answerOf
  })
]
