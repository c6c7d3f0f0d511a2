/** The aggregates of the billing context, as commands and messages change them. */
import { Debtor, DocumentNumbers, Sale } from "@eventfold/domain-billing"
import { CommandHandler } from "@eventfold/event-store"

/** Sales: any message can be the first that is heard of one. */
export const sales = CommandHandler.make(Sale.Sale, { readFirst: true })

/** Series of numbers. Everybody who writes a document changes one, so who comes second decides again, more than once. */
export const numbers = CommandHandler.make(DocumentNumbers.DocumentNumbers, {
  readFirst: true,
  conflicts: { attempts: 50 }
})

/** Debtors. */
export const debtors = CommandHandler.make(Debtor.Debtor)
