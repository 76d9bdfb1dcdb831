// Listeners by name, nothing more.
export class Emitter {
  on(name, listener) {
    this.listeners = this.listeners || {};
    (this.listeners[name] = this.listeners[name] || []).push(listener);
    return this;
  }

  off(name, listener) {
    const kept = ((this.listeners || {})[name] || []).filter((known) => known !== listener);
    if (this.listeners) this.listeners[name] = kept;
  }

  emit(name, ...values) {
    ((this.listeners || {})[name] || []).forEach((listener) => listener(...values));
  }
}
