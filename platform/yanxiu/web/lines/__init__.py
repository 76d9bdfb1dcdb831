"""Socket.IO over WebSocket alone, as lean as it can be: what `yanxiu realtime` serves co-edited documents with."""
