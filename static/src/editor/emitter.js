// Listeners by name, nothing more.
export class Emitter {
  on(name, listener) {
    this.listeners = this.listeners || {};
    (this.listeners[name] = this.listeners[name] || []).push(listener);
    return this;
  }

  emit(name, ...values) {
    ((this.listeners || {})[name] || []).forEach((listener) => listener(...values));
  }
}
