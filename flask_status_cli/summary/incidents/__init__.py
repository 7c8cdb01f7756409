"""Finds the incidents of a ledger, also incidents of silence, and keeps old ones."""
