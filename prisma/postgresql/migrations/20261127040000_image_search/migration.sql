-- What the dashboard's free text is looked for in, one row for each image that is not deleted.
CREATE TABLE "ImageSearch" (
    "id" SERIAL NOT NULL,
    "imageId" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    CONSTRAINT "ImageSearch_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "ImageSearch_imageId_key" ON "ImageSearch"("imageId");
-- For the beginnings of ids, whatever the order of texts in this database.
CREATE INDEX "ImageSearch_imageId_start" ON "ImageSearch"("imageId" text_pattern_ops);
ALTER TABLE "ImageSearch" ADD CONSTRAINT "ImageSearch_imageId_fkey" FOREIGN KEY ("imageId") REFERENCES "Image"("id") ON DELETE CASCADE ON UPDATE CASCADE;

INSERT INTO "ImageSearch" ("imageId", "text")
SELECT i."id", lower(
  coalesce(i."name", '')
  || coalesce((SELECT E'\n' || string_agg(t."value", E'\n') FROM "ImageTag" t WHERE t."imageId" = i."id"), '')
  || coalesce((SELECT E'\n' || string_agg(p."value", E'\n') FROM "ImageProperty" p
      WHERE p."imageId" = i."id" AND p."name" IN ('description', 'os_distro', 'os_version')), ''))
FROM "Image" i WHERE NOT i."isDeleted";

-- Finds parts of words. The extension comes with PostgreSQL; where this user may not create it and nobody has, texts
-- are looked through one by one until an administrator does both by hand (see the README).
DO $$
BEGIN
  BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
  EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
    RAISE NOTICE 'pg_trgm is not available';
  END;
  IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm') THEN
    CREATE INDEX "ImageSearch_text_trgm" ON "ImageSearch" USING gin ("text" gin_trgm_ops);
  END IF;
END
$$;
