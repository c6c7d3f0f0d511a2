/**
 * What was paid in and out of all accounts, per currency: whole minor units, and how often. Currencies never add up.
 *
 * A transfer moves money between accounts: it is neither paid in nor out, and counts nowhere. So what was paid in less what
 * was paid out is what all accounts hold, and what is on its way between them.
 */
import { Projection, ReadModel, Rows } from "@eventfold/decider"
import { Currency } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { MoneyDeposited, MoneyWithdrawn } from "../AccountEvents.ts"

/** The schema of a row. */
export const TotalVolumeRow = Schema.Struct({
  currency: Currency.Currency,
  /** Minor units paid in. */
  deposited: Schema.Int,
  /** Minor units paid out. */
  withdrawn: Schema.Int,
  /** How many deposits there were. */
  deposits: Schema.Int,
  /** How many withdrawals there were. */
  withdrawals: Schema.Int
}).annotate({ identifier: "TotalVolumeRow" })
/** What was paid in and out in a currency. */
export type TotalVolumeRow = typeof TotalVolumeRow.Type

/** The volume, as what keeps its rows knows it. */
export const readModel = ReadModel.make({ name: "total_volume", key: ["currency"], row: TotalVolumeRow })

/** The volume in all currencies. */
export const TotalVolume = Projection.counters({
  readModel,
  events: Schema.Union([MoneyDeposited, MoneyWithdrawn]),
  counters: ["deposited", "withdrawn", "deposits", "withdrawals"],
  initial: (key) => ({ ...key, deposited: 0, withdrawn: 0, deposits: 0, withdrawals: 0 }),
  count: ({ _tag, money: { amount, currency } }) =>
    _tag === "MoneyDeposited"
      ? [Projection.increment({ currency }, "deposited", amount), Projection.increment({ currency }, "deposits", 1)]
      : [Projection.increment({ currency }, "withdrawn", amount), Projection.increment({ currency }, "withdrawals", 1)]
})

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)
