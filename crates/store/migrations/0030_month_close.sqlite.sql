create trigger month_close_no_update before update on month_close begin select raise(abort, 'closed months are append-only'); end;
create trigger month_close_no_delete before delete on month_close begin select raise(abort, 'closed months are append-only'); end;
