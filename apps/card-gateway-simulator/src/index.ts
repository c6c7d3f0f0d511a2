/** A card gateway to try against: declines, time-outs, lost answers and outages as scripted. */
