"""A page of a plan that neither hears nor tells anything for a while, though its line is up.

`window.hear()` ends that. Until then `window.unsaid()` is what it would tell, and `window.take(updates)` lets it hear only
that: two pages learn of each other in any order, whatever the machine is busy with.
"""

from __future__ import annotations

DEAF = """() => {
  const { provider } = document.querySelector('[data-plan-page]').planPage;
  const { receive } = provider;
  const kept = [];
  provider.receive = (update) => kept.push(update);
  provider.flush = () => undefined;
  window.unsaid = () => provider.queue.map((update) => [...update]);
  window.take = (updates) => updates.forEach((update) => receive.call(provider, Uint8Array.from(update)));
  window.hear = () => {
    delete provider.flush;
    provider.receive = receive;
    kept.forEach((update) => provider.receive(update));
    provider.flush();
  };
}"""
