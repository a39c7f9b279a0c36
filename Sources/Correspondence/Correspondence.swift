// The words of the house: values, rules and the seams between the other targets.

/// Correspondence imports nothing but Foundation and is imported by everything else.
///
/// | word | meaning |
/// | --- | --- |
/// | mail | raw bytes as they came |
/// | message | what reading made of a mail (`Message`) |
/// | arrival | one entry of the ledger: this mail came by this channel under this key |
/// | outcome | what became of an arrival, written once |
/// | conversation, ticket | what users see: `SupportConversation`, `SupportMessage`, `SupportTicket` |
/// | draft | what an answerer wrote, with its sources and confidence |
/// | reply | what goes to the customer, kept in the outbox until it is accepted |
/// | lease | the right to work on a row for a while; its fencing token stands in every write that ends the work |
///
/// A *seam* is a small protocol in `Seams/` with its contract written out. Adapters implement seams and never see
/// each other; Gateway and Web know nothing else.
package enum Correspondence {}
