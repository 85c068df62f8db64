-- Since when the proof has found the books of a business broken; payouts stop meanwhile.
alter table journal_head add column broken_at_ms {int};
