-- Watchlist entries end with the key of their owner from now on; those of keys that were revoked before end here.

delete from quorum.watchlist where owner <> '' and owner not in (select name from quorum.consumers);
