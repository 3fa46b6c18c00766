"""From a push to what is live: read, checked by the SDK's own checker, deployed whole or not at all."""
