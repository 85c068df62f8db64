create trigger month_close_append_only before update or delete on month_close for each row execute function refuse_change();
create trigger month_close_no_truncate before truncate on month_close execute function refuse_change();
